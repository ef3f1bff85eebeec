"""Escalation that reaches people: the rota, the ladder, pages and what answers them."""
