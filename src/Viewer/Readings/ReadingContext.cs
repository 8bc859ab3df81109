using Microsoft.EntityFrameworkCore;

namespace Coverslip.Viewer.Readings;

/// <summary>The one table, in SQLite or PostgreSQL.</summary>
internal sealed class ReadingContext(DbContextOptions<ReadingContext> options) : DbContext(options)
{
    public DbSet<ActionRow> Rows => Set<ActionRow>();

    protected override void OnModelCreating(ModelBuilder model) =>
        model.Entity<ActionRow>(row =>
        {
            row.ToTable("actions");
            row.HasKey(a => new { a.Study, a.Number });
            foreach (var property in row.Metadata.GetProperties())
                property.SetColumnName(property.Name.ToLowerInvariant());
        });
}
