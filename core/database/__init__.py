"""The portal's database engine: Django's for PostgreSQL."""
