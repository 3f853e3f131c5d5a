create table watches (
    run text not null,
    person text not null,
    channel text,
    thread_ts text,
    told text,
    at real not null,
    primary key (run, person)
) strict
