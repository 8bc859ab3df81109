using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Coverslip.Viewer.Readings.Migrations;

/// <summary>The table, and the way to a reader's rows of a slide.</summary>
[DbContext(typeof(ReadingContext))]
[Migration("20261129000000_ActionsTable")]
internal sealed class ActionsTable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "actions",
            columns: table => new
            {
                study = table.Column<string>(nullable: false),
                number = table.Column<long>(nullable: false),
                who = table.Column<string>(nullable: false),
                what = table.Column<string>(nullable: false),
                at = table.Column<string>(nullable: false),
                slide = table.Column<string>(nullable: true),
                model = table.Column<string>(nullable: true),
                viewport = table.Column<string>(nullable: true),
                payload = table.Column<string>(nullable: false),
                previous = table.Column<string>(nullable: false),
                hash = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_actions", row => new { row.study, row.number })
        );
        migrationBuilder.CreateIndex(name: "ix_actions_reader", table: "actions", columns: ["study", "who", "slide"]);
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("actions");
}
