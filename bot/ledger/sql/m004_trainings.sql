alter table orders add column told text;
create table zips (
    order_id integer primary key references orders (id),
    name text not null,
    sha256 text not null,
    bytes integer not null,
    state text not null check (state in ('uploading', 'uploaded', 'deleted')),
    attempt integer not null default 1,
    file_id text,
    address text,
    intent_at real not null,
    uploaded_at real,
    deleted_at real
) strict;
create index zips_by_state on zips (state);
