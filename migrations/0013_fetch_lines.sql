-- The next rows of a cursor over lines, as many as reach so many bytes: who fetches a number of rows cannot know how
-- much that will be. Fewer bytes mean that there are no more rows.
create function remodel.fetch_lines(cursor refcursor, bytes integer) returns setof text
language plpgsql
set search_path = ''
as $$
declare
  line text;
  fetched bigint := 0;
begin
  while fetched < bytes loop
    fetch cursor into line;
    exit when not found;
    fetched := fetched + octet_length(line);
    return next line;
  end loop;
end
$$;
