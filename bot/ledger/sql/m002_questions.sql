create table asked (
    channel text not null,
    thread_ts text not null,
    person text not null,
    about text not null,
    asked_at real not null,
    primary key (channel, thread_ts)
) strict;
insert into asked (channel, thread_ts, person, about, asked_at)
    select channel, thread_ts, person,
           json_object('kind', 'prompts of a run', 'run', run, 'request', json(request), 'prompt_ids', json(prompt_ids)), asked_at
    from questions;
drop table questions;
create table chosen (
    outbox_key text primary key references outbox (key),
    inbox_id integer not null references inbox (id),
    at real not null
) strict;
create table readings (
    inbox_id integer primary key references inbox (id),
    person text not null,
    model text not null,
    state text not null check (state in ('asking', 'charged', 'unknown', 'released')),
    estimate_micros integer not null check (estimate_micros >= 0),
    usd_micros integer not null default 0 check (usd_micros >= 0),
    usage text,
    request_id text,
    took_s real,
    answer text,
    scopes text not null,
    at real not null
) strict;
alter table inbox add column run text;
