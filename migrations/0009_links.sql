-- Sets the list of references of one record, in order; null leaves it as it is. Answers the list as it then is.
-- A function, not clauses of the statement that calls it: each of its own statements sees what was committed
-- until then. The caller holds the record's row by now, and whoever held it before may have changed its links.
create function remodel.set_links(links regclass, source anyelement, targets anycompatiblearray)
returns anycompatiblearray
language plpgsql volatile
as $$
begin
  if targets is null then
    execute format('
      select array(
        select l.target
        from %s as l
        where l.source = $1
        order by l.position
      )', links)
    into targets
    using source;
    return targets;
  end if;
  execute format('
    delete from %s as l
    where l.source = $1
      and l.target <> all ($2)', links)
  using source, targets;
  execute format('
    insert into %s as l (source, target, position)
    select $1, t.target, t.position
    from unnest($2) with ordinality as t (target, position)
    on conflict (source, target) do update
    set position = excluded.position
    where l.position <> excluded.position', links)
  using source, targets;
  return targets;
end
$$;
