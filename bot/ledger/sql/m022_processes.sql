-- Who is at work on a ledger that several share: a process that beats no more is dead, and its calls are nobody's.
create table processes (
    boot text primary key,
    host text not null,
    pid integer not null,
    version text not null,
    beats integer not null default 0,
    started_at real not null
) strict
