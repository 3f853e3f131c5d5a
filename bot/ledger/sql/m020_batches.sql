create table batches (
    id integer primary key,
    job_id text not null references jobs (id),
    state text not null check (state in ('sending', 'unknown', 'sent', 'ended')),
    size integer not null,
    boot text not null,
    intent_at real not null,
    vendor_id text unique,
    called_off integer not null default 0,
    missing_since real
) strict;

create index batches_by_job on batches (job_id, state);

alter table calls add column batch_id integer references batches (id)
