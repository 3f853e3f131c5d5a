create table restores (
    at real not null,
    why text not null
) strict;
create table found (
    key text primary key,
    kind text not null check (kind in ('image', 'training')),
    fingerprint text not null,
    run text not null,
    path text not null,
    sha256 text
) strict;
create table sent (
    vendor_id text primary key,
    job_id text not null,
    label text not null,
    attempt integer not null
) strict;
create index found_by_fingerprint on found (kind, fingerprint)
