create table incoming (
    inbox_id integer primary key references inbox (id),
    identity text not null,
    request text not null,
    folder text not null,
    names text not null,
    person text not null,
    channel text not null,
    thread_ts text not null,
    state text not null default 'waiting' check (state in ('waiting', 'filed', 'dropped')),
    filed_by integer,
    at real not null
) strict
