create table orders (
    id integer primary key,
    job_id text not null references jobs (id),
    kind text not null check (kind in ('image', 'training')),
    label text not null,
    spec text not null,
    version text not null,
    fingerprint text not null,
    asked text not null,
    estimate_micros integer not null check (estimate_micros >= 0),
    state text not null default 'planned'
        check (state in ('planned', 'ordering', 'ordered', 'made', 'failed', 'held', 'canceled')),
    attempt integer not null default 0,
    boot text,
    intent_at real,
    due_at real not null default 0,
    vendor_id text unique,
    vendor_status text,
    ordered_at real,
    tries integer not null default 0,
    cancel_by text,
    cause text,
    detail text,
    path text,
    sha256 text,
    ended_at real,
    unique (job_id, kind, label)
) strict;
create index orders_by_job on orders (job_id, state);
create index orders_by_state on orders (state, due_at);
create index orders_by_fingerprint on orders (fingerprint, state);
create index orders_by_asked on orders (asked, state);
create table charges_of_both (
    id integer primary key,
    call_id integer references calls (id),
    order_id integer references orders (id),
    attempt integer not null,
    job_id text not null references jobs (id),
    run text not null,
    person text not null,
    vendor text not null,
    model text not null,
    state text not null check (state in ('reserved', 'charged', 'unknown', 'released')),
    estimate_micros integer not null check (estimate_micros >= 0),
    usd_micros integer not null default 0 check (usd_micros >= 0),
    usage text,
    request_id text,
    took_s real,
    reason text,
    at real not null,
    check ((call_id is null) <> (order_id is null)),
    unique (call_id, attempt),
    unique (order_id, attempt)
) strict;
insert into charges_of_both
    (id, call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, usd_micros, usage, request_id, took_s, reason, at)
    select id, call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, usd_micros, usage, request_id, took_s, reason, at
    from charges;
drop table charges;
alter table charges_of_both rename to charges;
create index charges_by_run on charges (run, state);
create index charges_by_request on charges (request_id);
create index charges_by_model on charges (model, state);
alter table vendors add column allowed real;
create table uploads_with_swaps (
    key text primary key,
    outbox_key text not null references outbox (key),
    position integer not null,
    path text not null,
    name text not null,
    alt text not null,
    file_id text,
    state text not null default 'pending'
        check (state in ('pending', 'uploaded', 'ready', 'shared', 'failed', 'replaced', 'deleted')),
    tries integer not null default 0
) strict;
insert into uploads_with_swaps select key, outbox_key, position, path, name, alt, file_id, state, tries from uploads;
drop table uploads;
alter table uploads_with_swaps rename to uploads;
create index uploads_by_post on uploads (outbox_key, position);
