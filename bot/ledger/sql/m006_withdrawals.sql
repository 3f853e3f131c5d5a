create table withdrawals (
    id integer primary key,
    identity text not null,
    listed text not null,
    holdings text not null,
    person text not null,
    channel text,
    thread_ts text,
    state text not null default 'deleting' check (state in ('deleting', 'done')),
    report text,
    at real not null
) strict;
create unique index one_withdrawal_at_a_time on withdrawals (identity) where state = 'deleting'
