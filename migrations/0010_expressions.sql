-- The rows over which an expression fails (a number that runs over, a day beyond the calendar), each with what `shown`
-- says of it and how many there are, counted up to a thousand. Whole first, then by batches, then one by one: only a
-- batch that fails is looked at in detail. It has no more rights than its caller.
create function remodel.failing_rows(source text, value text, shown text, key_type text, samples integer)
returns table (id text, value_of_row text, failing text)
language plpgsql stable
as $$
declare
  batch text[];
  key text;
  last text;
  ids text[] := '{}';
begin
  begin
    execute format('select count(%s) from %s as t', value, source);
    return;
  exception when data_exception then
    null;
  end;
  loop
    execute format(
      'select array_agg(b.id::text order by b.id) from (select t.id from %s as t where %s order by t.id limit 1000) as b',
      source, case when last is null then 'true' else format('t.id > %L::%s', last, key_type) end
    ) into batch;
    exit when batch is null or cardinality(ids) >= 1000;
    begin
      execute format('select count(%s) from %s as t where t.id = any ($1::%s[])', value, source, key_type) using batch;
    exception when data_exception then
      foreach key in array batch loop
        begin
          execute format('select count(%s) from %s as t where t.id = $1::%s', value, source, key_type) using key;
        exception when data_exception then
          ids := ids || key;
        end;
      end loop;
    end;
    last := batch[cardinality(batch)];
  end loop;
  return query execute format(
    'select t.id::text, (%s)::text, $2 from %s as t where t.id = any ($1::%s[]) order by t.id limit $3',
    shown, source, key_type
  ) using ids, cardinality(ids)::text, samples;
end
$$;
