"""The patient's check-in page: coming in, answering, adding photos, and what becomes of it."""
