create table remedies (
    job_id text not null references jobs (id),
    remedy text not null,
    axis text not null,
    before_passed integer not null,
    before_scored integer not null,
    after_passed integer not null,
    after_scored integer not null,
    at real not null,
    primary key (job_id, axis)
) strict
