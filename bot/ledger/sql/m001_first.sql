create table inbox (
    id integer primary key,
    channel text not null,
    ts text not null,
    kind text not null check (kind in ('message', 'edit', 'click', 'shell')),
    event_id text,
    person text not null,
    text text,
    thread_ts text,
    payload text,
    state text not null default 'new' check (state in ('new', 'done')),
    job_id text,
    received_at real not null,
    unique (channel, ts, kind)
) strict;
create table plans (
    id text primary key,
    hash text not null,
    action text not null,
    run text not null,
    body text not null,
    asked_by text not null,
    channel text,
    thread_ts text,
    created_at real not null
) strict;
create table jobs (
    id text primary key references plans (id),
    state text not null check (state in ('waiting', 'grace', 'running', 'canceling', 'finishing', 'done', 'canceled', 'denied', 'expired', 'failed')),
    reason text,
    start_at real,
    expires_at real,
    started_at real,
    finished_at real,
    decided_by text,
    decided_at real,
    warm integer not null default 0,
    cap_micros integer not null,
    reserved_micros integer not null default 0 check (reserved_micros >= 0),
    used_micros integer not null default 0 check (used_micros >= 0),
    scopes text not null default '[]',
    outcome text,
    updated_at real not null
) strict;
create index jobs_by_state on jobs (state);
create table calls (
    id integer primary key,
    job_id text not null references jobs (id),
    label text not null,
    vote integer not null,
    fingerprint text not null,
    image text not null,
    image_sha256 text not null,
    prompt text not null,
    estimate_micros integer not null,
    state text not null default 'planned' check (state in ('planned', 'asking', 'judged', 'unscored', 'canceled')),
    attempt integer not null default 0,
    boot text,
    intent_at real,
    due_at real not null default 0,
    cause text,
    detail text,
    unique (job_id, label, vote)
) strict;
create index calls_by_job on calls (job_id, state);
create index calls_by_fingerprint on calls (fingerprint, state);
create table judgements (
    fingerprint text primary key,
    run text not null,
    body text not null,
    judged_at real not null
) strict;
create table charges (
    id integer primary key,
    call_id integer not null references calls (id),
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
    unique (call_id, attempt)
) strict;
create index charges_by_run on charges (run, state);
create table budgets (
    scope text primary key,
    used_micros integer not null default 0 check (used_micros >= 0)
) strict;
create table vendors (
    name text primary key,
    inflight integer not null default 0 check (inflight >= 0),
    max_inflight integer not null,
    not_before real not null default 0,
    closed text,
    closed_tries integer not null default 0
) strict;
create table switches (
    name text primary key,
    person text not null,
    reason text,
    at real not null
) strict;
create table decisions (
    id integer primary key,
    at real not null,
    person text not null,
    what text not null,
    subject text not null,
    reason text
) strict;
create table outbox (
    key text primary key,
    kind text not null check (kind in ('answer', 'anchor', 'result', 'originals')),
    job_id text references jobs (id),
    channel text not null,
    thread_ts text,
    body text,
    version integer not null default 1,
    sent_version integer not null default 0,
    state text not null default 'pending' check (state in ('pending', 'sending', 'sent', 'dead')),
    attempt integer not null default 0,
    boot text,
    intent_at real,
    edited_at real not null default 0,
    due_at real not null default 0,
    ts text,
    reason text,
    created_at real not null
) strict;
create table questions (
    channel text not null,
    thread_ts text not null,
    run text not null,
    person text not null,
    request text not null,
    prompt_ids text not null,
    asked_at real not null,
    primary key (channel, thread_ts)
) strict;
create table edits (
    at real not null
) strict;
create table uploads (
    key text primary key,
    outbox_key text not null references outbox (key),
    position integer not null,
    path text not null,
    name text not null,
    alt text not null,
    file_id text,
    state text not null default 'pending' check (state in ('pending', 'uploaded', 'ready', 'shared', 'failed')),
    tries integer not null default 0
) strict;
