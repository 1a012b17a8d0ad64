CREATE TABLE "remodel"."push_positions" (
	"workspace_id" uuid NOT NULL,
	"repository" text NOT NULL,
	"branch" text NOT NULL,
	"after" text NOT NULL,
	"before" text NOT NULL,
	"pushed_at" bigint NOT NULL,
	CONSTRAINT "push_positions_workspace_id_repository_branch_pk" PRIMARY KEY("workspace_id","repository","branch")
);
--> statement-breakpoint
ALTER TABLE "remodel"."push_positions" ADD CONSTRAINT "push_positions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
grant select, insert, update on remodel.push_positions to remodel_edge;
--> statement-breakpoint
grant select, insert, update, delete on remodel.push_positions to remodel_migrator;
--> statement-breakpoint
-- Whether a push comes behind the one that a branch was followed to: GitHub took it later, or in the same second, and it
-- did not lead to where that one began. What is delivered again comes behind itself.
create function remodel.is_next(known remodel.push_positions, pushed_at bigint, after text) returns boolean
language sql immutable
as $$
  select pushed_at > known.pushed_at or (pushed_at = known.pushed_at and after <> known.before)
$$;
--> statement-breakpoint
-- Follows a branch to where a push led it; false where it was followed further already. No push at all is always the
-- next. As an upsert, so that of two at once the second sees what the first wrote.
create function remodel.move_push(workspace uuid, push jsonb) returns boolean
language plpgsql volatile
as $$
begin
  if push is null then
    return true;
  end if;
  insert into remodel.push_positions as known (workspace_id, repository, branch, after, before, pushed_at)
  values (
    workspace, push ->> 'repository', push ->> 'branch', push ->> 'after', push ->> 'before',
    (push ->> 'pushedAt')::bigint
  )
  on conflict (workspace_id, repository, branch) do update
  set after = excluded.after, before = excluded.before, pushed_at = excluded.pushed_at
  where remodel.is_next(known, excluded.pushed_at, excluded.after);
  return found;
end
$$;
