create table lacks (
    block text primary key,
    since real not null
) strict
