using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Coverslip.Viewer.Readings.Migrations;

/// <summary>
/// The database itself refuses to change or remove a row. Whoever owns it can take the guard away; the chain of hashes
/// shows what was done then.
/// </summary>
[DbContext(typeof(ReadingContext))]
[Migration("20261129000100_AppendOnly")]
internal sealed class AppendOnly : Migration
{
    private const string Refusal = "rows of a reading are only ever appended";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (migrationBuilder.IsSqlite())
        {
            foreach (var change in (string[])["UPDATE", "DELETE"])
                migrationBuilder.Sql(
                    $"CREATE TRIGGER actions_no_{change.ToLowerInvariant()} BEFORE {change} ON actions "
                        + $"BEGIN SELECT RAISE(ABORT, '{Refusal}'); END;"
                );
            return;
        }
        migrationBuilder.Sql(
            $"""
            CREATE FUNCTION actions_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{Refusal}'; END $$;
            CREATE TRIGGER actions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON actions
            FOR EACH STATEMENT EXECUTE FUNCTION actions_refuse();
            """
        );
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        if (migrationBuilder.IsSqlite())
            migrationBuilder.Sql("DROP TRIGGER actions_no_update; DROP TRIGGER actions_no_delete;");
        else
            migrationBuilder.Sql("DROP TRIGGER actions_append_only ON actions; DROP FUNCTION actions_refuse;");
    }
}
