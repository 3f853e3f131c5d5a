create table visits (
    id text primary key,
    person text not null,
    until real not null,
    left_at real
) strict;
create table page_keys (
    name text primary key,
    value text not null
) strict
