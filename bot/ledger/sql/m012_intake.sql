alter table incoming add column shown text
