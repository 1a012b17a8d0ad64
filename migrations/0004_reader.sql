-- The role of people who read the models by SQL, as a group without a login: it sees the views, and no table.
do $$
begin
  if not exists (select from pg_roles where rolname = 'remodel_reader') then
    create role remodel_reader nologin;
  end if;
exception
  -- Roles belong to the whole cluster: another database may have created it at this moment.
  when duplicate_object or unique_violation then null;
end
$$;
