create index judgements_controls on judgements (json_extract(body, '$.judge.reference_sha256'))
    where substr(json_extract(body, '$.label'), 1, 8) = 'control:'
