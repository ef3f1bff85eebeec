"""The front desk: JSON API, provider webhooks, staff pages and patient check-in."""
