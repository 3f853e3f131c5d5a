create index plans_by_person on plans (asked_by, created_at)
