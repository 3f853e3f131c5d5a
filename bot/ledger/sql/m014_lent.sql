-- Photographs that lie at a vendor for as long as a job makes pictures from them.
create table lent (
    job_id text not null references jobs (id),
    vendor text not null,
    sha256 text not null,
    name text not null,
    state text not null check (state in ('uploading', 'uploaded', 'deleted')),
    file_id text,
    address text,
    intent_at real not null,
    uploaded_at real,
    primary key (job_id, vendor, sha256)
) strict;
create index lent_by_state on lent (state);
