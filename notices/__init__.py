"""Messages to people: one outbox for all apps, and the channels that carry it. No app's own words."""
