-- The JSON form of a duration, whatever `intervalstyle` says in the session that reads it.
create function remodel.iso_8601(value interval) returns text
language sql immutable strict parallel safe
set intervalstyle = 'iso_8601'
as $$
  select value::text
$$;
--> statement-breakpoint
-- Whether an array is a plain list without nulls that holds each text once.
create function remodel.is_set(list text[]) returns boolean
language sql immutable strict parallel safe
as $$
  select coalesce(array_ndims(list), 1) = 1
    and (select count(*) = count(distinct element) from unnest(list) as element)
$$;
