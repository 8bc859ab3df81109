using System.Diagnostics;
using Coverslip.Tests;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Tests.Commands;

/// <summary>Where a study lies: full, read-only, somewhere else.</summary>
[Collection("console")]
public sealed class ReadingStoreTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void On_a_full_disk_no_study_is_made_and_nothing_is_left()
    {
        var (code, output, errors) = RunIn(
            "mount -t tmpfs -o size=48k tmpfs \"$1\" && cd \"$1\"",
            "reading simulate plan --readers 20 --cases 60"
        );
        Assert.True(code == 1, errors);
        Assert.Equal($"error: {folder}/plan.reading: the disk is full; free some space, and try again", errors.Trim());
        Assert.Equal("", output.Trim()); // of ls
    }

    [Fact]
    public async Task A_study_on_a_read_only_mount_is_read_unless_rows_of_it_stand_elsewhere()
    {
        VerbCall.Run(0, "reading", "simulate", At("a #1 50%"), "--readers", "2", "--cases", "8");
        const string readOnly = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && cd \"$1\"";
        var told = RunIn(readOnly, "reading verify 'a #1 50%'");
        Assert.True(told.Code == 0, told.Errors);
        Assert.Contains("33 rows, each", told.Output);
        Assert.Equal([At("a #1 50%.reading")], Directory.GetFileSystemEntries(folder));

        // Rows that stand beside the file are not passed over.
        var (log, study) = await ReadingLog.OpenAsync(ReadingPlace.Of(At("a #1 50%"), null));
        await log.FillAsync(study, [("new", 0, new("tumor", 3, [], ""), new("tumor", 3, [], ""))]);
        File.Copy(At("a #1 50%.reading"), At("open.reading"));
        File.Copy(At("a #1 50%.reading-wal"), At("open.reading-wal"));
        log.Dispose();
        var (code, _, errors) = RunIn(readOnly, "reading verify open");
        Assert.Equal(1, code);
        Assert.Contains($"rows of it stand in {At("open.reading-wal")}, and nothing can be written here", errors);
        Assert.Contains("35 rows, each", VerbCall.Run(0, "reading", "verify", At("open")).Output); // the advice
    }

    [Fact]
    public void Verbs_that_read_leave_a_copy_as_it_is_and_make_no_study_of_another_file()
    {
        VerbCall.Run(0, "reading", "simulate", At("plan"), "--readers", "2", "--cases", "8");
        VerbCall.Run(0, "reading", "backup", At("plan"), "--out", At("copy"));
        var before = File.ReadAllBytes(At("copy.reading"));
        VerbCall.Run(0, "reading", "verify", At("copy"));
        Assert.Contains("1: 8 of 8 cases", VerbCall.Run(0, "reading", "list", At("copy")).Output);
        VerbCall.Run(0, "reading", "report", At("copy"), "--bootstrap", "0");
        VerbCall.Run(0, "reading", "backup", At("copy"), "--out", At("second"));
        Assert.Equal(before, File.ReadAllBytes(At("copy.reading")));
        File.WriteAllText(At("empty.reading"), "");
        Assert.Contains("there is no such study", VerbCall.Run(1, "reading", "verify", At("empty")).Errors);
        Assert.Contains("there is no such study", VerbCall.Run(1, "view", At("empty")).Errors);
        Assert.Equal(0, new FileInfo(At("empty.reading")).Length);
        File.WriteAllText(At("other.reading"), new string('x', 5000));
        Assert.Contains(
            "it is no study, but a file of another kind",
            VerbCall.Run(1, "reading", "verify", At("other")).Errors
        );
    }

    [Fact]
    public void What_is_wrong_with_a_database_is_said_with_its_address_and_without_its_password()
    {
        static string Refused(string database)
        {
            var errors = VerbCall.Run(1, "reading", "list", "study", "--database", database).Errors;
            Assert.DoesNotContain("hunter2", errors);
            return errors;
        }
        Assert.Contains(
            "--database is no address of PostgreSQL: it names no Host; give one such as",
            Refused("Database=readings;Password=hunter2")
        );
        Assert.Contains("--database is no address of PostgreSQL: ", Refused("Hots=db;Password=hunter2"));
        Assert.Contains("--database is no address of PostgreSQL: ", Refused("Host=db;Port=abc;Password=hunter2"));
        var nobody = Refused("Host=127.0.0.1;Port=1;Database=readings;Username=ada;Password=hunter2");
        Assert.Contains("study study in the database readings at 127.0.0.1:1: no PostgreSQL answers there (", nobody);
        Assert.Contains("are Host and Port of --database right?", nobody);
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        var own = server.NewDatabase();
        Assert.Contains("there is no such study; make it", Refused(own + ";Password=hunter2"));
        Assert.Contains("the database lets nobody in so", Refused(own.Replace("=postgres;", "=nobody;")));
        VerbCall.Run(0, "reading", "simulate", "study", "--readers", "2", "--cases", "8", "--database", own);
        Assert.Contains("33 rows", VerbCall.Run(0, "reading", "verify", "study", "--database", own).Output);
        Assert.Contains(
            "there is no such study",
            VerbCall.Run(1, "reading", "list", "another", "--database", own).Errors
        );
        Assert.Equal("study", VerbCall.Run(0, "reading", "list", "--database", own).Output.Trim());
    }

    [Theory]
    [InlineData("view x --port abc", "--port is 'abc'; give a whole number")]
    [InlineData("reading simulate --studies 5 --gain much", "--gain is 'much'; give a number, such as 0.5")]
    [InlineData("reading report x --bootstrap many", "--bootstrap is 'many'; give a whole number")]
    public void A_word_that_is_no_number_is_told_without_names_of_types(string call, string said)
    {
        var errors = VerbCall.Run(2, call.Split(' ')).Errors;
        Assert.Contains(said, errors);
        Assert.DoesNotContain("System", errors);
    }

    /// <summary>Calls the program in a mount namespace of its own, in which the test's folder is mounted anew; then lists that.</summary>
    private (int Code, string Output, string Errors) RunIn(string mount, string call)
    {
        string[] own = ["--map-root-user", "--mount"];
        using (var probe = Start([.. own, "mount", "-t", "tmpfs", "tmpfs", folder]))
        {
            probe.WaitForExit();
            Assert.SkipWhen(probe.ExitCode != 0, "mounting in a namespace of one's own is not allowed here (unshare)");
        }
        var program = Path.Combine(AppContext.BaseDirectory, "coverslip");
        var script = $"{mount} && \"$2\" {call}; code=$?; ls -A; exit $code";
        using var process = Start([.. own, "sh", "-c", script, "sh", folder, program]);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static Process Start(string[] words) =>
        Process.Start(
            new ProcessStartInfo("unshare", words) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;

    private string At(string name) => Path.Combine(folder, name);
}
