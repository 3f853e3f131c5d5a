-- What Slack takes in a while is counted for all processes, and none puts a sign on a message that another has put.
create index outbox_by_channel on outbox (channel, intent_at);
alter table jobs add column sign text
