-- Keys of one statement are in the order of its rows, so that a list shows records as they were created: from
-- Postgres 18 on by its own uuidv7(), before by the microsecond (RFC 9562, method 3).
do $do$
begin
  if current_setting('server_version_num')::integer >= 180000 then
    create or replace function remodel.uuid_v7() returns uuid
    language sql volatile
    as 'select uuidv7()';
  else
    create or replace function remodel.uuid_v7() returns uuid
    language sql volatile
    as $$
      select encode(
        overlay(
          uuid_send(gen_random_uuid())
          placing
            substring(int8send(moment.micros / 1000) from 3)
            || int2send((28672 + (moment.micros % 1000) * 4096 / 1000)::smallint)
          from 1 for 8
        ),
        'hex'
      )::uuid
      from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as micros) as moment
    $$;
  end if;
end
$do$;
