create table orders_by_maker (
    id integer primary key,
    job_id text not null references jobs (id),
    kind text not null,
    maker text not null,
    vendor text not null,
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
    told text,
    unique (job_id, kind, label)
) strict;
insert into orders_by_maker
    select id, job_id, kind, case kind when 'training' then substr(version, 1, instr(version, ':') - 1) else 'flux-lora' end,
        'replicate', label, spec, version, fingerprint, asked, estimate_micros, state, attempt, boot, intent_at, due_at,
        vendor_id, vendor_status, ordered_at, tries, cancel_by, cause, detail, path, sha256, ended_at, told
    from orders;
drop table orders;
alter table orders_by_maker rename to orders;
create index orders_by_job on orders (job_id, state);
create index orders_by_state on orders (state, due_at);
create index orders_by_fingerprint on orders (fingerprint, state);
create index orders_by_asked on orders (asked, state);
create index orders_by_vendor on orders (vendor, state);
