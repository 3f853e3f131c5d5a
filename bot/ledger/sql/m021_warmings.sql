create table warmings (
    job_id text primary key references jobs (id),
    state text not null check (state in ('asking', 'over')),
    boot text not null,
    intent_at real not null
) strict;

create table charges_of_all (
    id integer primary key,
    call_id integer references calls (id),
    order_id integer references orders (id),
    warming_job text references jobs (id),
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
    check ((call_id is not null) + (order_id is not null) + (warming_job is not null) = 1),
    unique (call_id, attempt),
    unique (order_id, attempt),
    unique (warming_job, attempt)
) strict;

insert into charges_of_all
    (id, call_id, order_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, usd_micros, usage,
     request_id, took_s, reason, at)
    select id, call_id, order_id, attempt, job_id, run, person, vendor, model, state, estimate_micros, usd_micros, usage,
        request_id, took_s, reason, at
    from charges;

drop table charges;

alter table charges_of_all rename to charges;

create index charges_by_run on charges (run, state);

create index charges_by_request on charges (request_id);

create index charges_by_model on charges (model, state);

create index charges_by_job on charges (job_id, state)
