create table simulated (
    since real not null
) strict
