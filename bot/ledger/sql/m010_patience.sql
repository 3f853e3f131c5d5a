create table outbox_anew (
    key text primary key,
    kind text not null check (kind in ('answer', 'anchor', 'result', 'originals', 'waits', 'whisper')),
    job_id text references jobs (id),
    channel text not null,
    thread_ts text,
    body text,
    version integer not null default 1,
    sent_version integer not null default 0,
    urgent integer not null default 0,
    state text not null default 'pending' check (state in ('pending', 'sending', 'sent', 'dead')),
    attempt integer not null default 0,
    boot text,
    intent_at real,
    edited_at real not null default 0,
    due_at real not null default 0,
    ts text,
    replaces text,
    refused_since real,
    refusals integer not null default 0,
    reason text,
    created_at real not null,
    person text
) strict;
insert into outbox_anew (key, kind, job_id, channel, thread_ts, body, version, sent_version, state, attempt, boot,
        intent_at, edited_at, due_at, ts, reason, created_at)
    select key, kind, job_id, channel, thread_ts, body, version, sent_version, state, attempt, boot, intent_at,
        edited_at, due_at, ts, reason, created_at
    from outbox order by rowid;
drop table outbox;
alter table outbox_anew rename to outbox;
alter table orders add column missing_since real;
alter table vendors add column down_since real;
alter table asked add column outbox_key text;
create index inbox_new on inbox (id) where state = 'new';
create index inbox_by_thread on inbox (channel, coalesce(thread_ts, ts), id);
create index outbox_open on outbox (created_at)
    where state in ('pending', 'sending') or (state = 'sent' and version > sent_version);
create index outbox_by_job on outbox (job_id);
create index uploads_failed on uploads (outbox_key) where state = 'failed';
create index plans_by_thread on plans (channel, thread_ts, created_at);
create index plans_by_run on plans (run, created_at);
create index plans_by_time on plans (created_at);
create index plans_by_made_of on plans (json_extract(body, '$.making.parent'));
create index plans_by_trained_of on plans (json_extract(body, '$.training.parent'));
create index charges_by_job on charges (job_id, state);
create index orders_by_version on orders (version, state)
