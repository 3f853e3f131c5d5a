-- Files at Slack that no message shows any more are on the books until they are deleted there (state `replaced`).
create index uploads_replaced on uploads (outbox_key) where state = 'replaced';
