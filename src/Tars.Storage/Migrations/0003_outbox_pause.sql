-- A message that could not be delivered waits before it is tried again. Rows of older programs have no pause: they are due at once.

ALTER TABLE outbox ADD COLUMN not_before {integer};
