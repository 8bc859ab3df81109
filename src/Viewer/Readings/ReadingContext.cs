using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

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

    /// <summary>
    /// Migrations are written by hand, so that one of each serves both databases: there is no snapshot to compare with.
    /// </summary>
    protected override void OnConfiguring(DbContextOptionsBuilder builder) =>
        builder.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}
