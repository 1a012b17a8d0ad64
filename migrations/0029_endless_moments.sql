-- What has no end or lies before our era was none, or lost its era. Adopted tables hold such.
create or replace function remodel.text_of(value timestamptz) returns text
language sql immutable parallel safe
as $$
  select case
    when value in ('infinity', '-infinity') then case when value > '2000-01-01 00:00:00+00' then 'infinity' else '-infinity' end
    else rtrim(rtrim(to_char(value at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z'
      || case when value < '0001-01-01 00:00:00+00' then ' BC' else '' end
  end
$$;
--> statement-breakpoint
create or replace function remodel.text_of(value date) returns text
language sql immutable parallel safe
as $$
  select case
    when value in ('infinity', '-infinity') then case when value > '2000-01-01' then 'infinity' else '-infinity' end
    else to_char(value, 'YYYY-MM-DD') || case when value < '0001-01-01' then ' BC' else '' end
  end
$$;
