create index outbox_refused on outbox (refused_since) where refused_since is not null
