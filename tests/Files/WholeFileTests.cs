using System.Diagnostics;

namespace Coverslip.Files.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_device_is_written_through_and_stays_one()
    {
        WholeFile.Write("/dev/null", "nothing");
        Assert.Equal("", File.ReadAllText("/dev/null"));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_names_the_file()
    {
        var error = Assert.ThrowsAny<IOException>(() => WholeFile.Write("/dev/full", new string('a', 100_000)));
        Assert.Contains("/dev/full", error.Message);
        Assert.DoesNotContain(".tmp", error.Message);
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_written()
    {
        Directory.CreateDirectory(At("real"));
        File.CreateSymbolicLink(At("link.csv"), Path.Combine("real", "target.csv"));
        WholeFile.Write(At("link.csv"), "new");
        Assert.Equal(Path.Combine("real", "target.csv"), new FileInfo(At("link.csv")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(At("real/target.csv")));
    }

    [Fact]
    public void A_folder_in_its_place_is_an_error_that_names_it()
    {
        var error = Assert.Throws<IOException>(() => WholeFile.Write(folder, "text"));
        Assert.Contains($"{folder} is a folder", error.Message);
    }

    [Fact]
    public void What_a_call_was_given_to_read_is_not_written_and_what_it_wrote_itself_is()
    {
        File.WriteAllText(At("mask.png"), "the user's");
        using (UserFiles.Begin())
        {
            UserFiles.Guard(At("mask.png"), "a mask of cohort.csv");
            var error = Assert.Throws<IOException>(() => WholeFile.Write(At("mask.png"), "ours"));
            Assert.StartsWith($"{At("mask.png")} is a mask of cohort.csv and would be overwritten", error.Message);
            WholeFile.Write(At("own.csv"), "1");
            UserFiles.Guard(At("own.csv"), "the cohort");
            WholeFile.Write(At("own.csv"), "2");
        }
        Assert.Equal("the user's", File.ReadAllText(At("mask.png")));
        WholeFile.Write(At("mask.png"), "another call's");
        Assert.Equal("another call's", File.ReadAllText(At("mask.png")));
    }

    [Fact]
    public void What_was_given_is_not_written_under_another_name_of_it()
    {
        Directory.CreateDirectory(At("data"));
        Directory.CreateSymbolicLink(At("linked"), At("data"));
        File.WriteAllText(At("data/mask.png"), "the user's");
        File.CreateSymbolicLink(At("mask.png"), At("data/mask.png"));
        string[] names = [At("mask.png"), At("data/mask.png"), At("linked/mask.png")];
        foreach (var given in names)
        foreach (var output in names)
        {
            using var call = UserFiles.Begin();
            UserFiles.Guard(given, "a mask of cohort.csv");
            Assert.Throws<IOException>(() => WholeFile.Write(output, "ours"));
        }
        foreach (var output in names)
        {
            using var call = UserFiles.Begin();
            UserFiles.GuardLinked([(At("linked/mask.png"), "a mask of cohort.csv")]);
            Assert.Throws<IOException>(() => WholeFile.Write(output, "ours"));
            WholeFile.Write(At("linked/new.png"), "ours");
            WholeFile.Write(At("data/new.png"), "ours again");
        }
        Assert.Equal("the user's", File.ReadAllText(At("data/mask.png")));
        // Beside what was given, whichever way leads there.
        File.WriteAllText(At("data/mask.xml"), "the user's too");
        using (UserFiles.Begin())
        {
            UserFiles.GuardBeside(At("linked"), [At("data/mask.png")]);
            Assert.Throws<IOException>(() => WholeFile.Write(At("data/mask.xml"), "ours"));
            Assert.Throws<IOException>(() => WholeFile.Write(At("linked/mask.xml"), "ours"));
        }
    }

    [Fact]
    public void Beside_what_was_given_only_what_was_written_by_a_call_is_written_over()
    {
        File.WriteAllText(At("a.svs"), "the slide");
        File.WriteAllText(At("a.geojson"), "the user's");
        var error = Assert.Throws<IOException>(() => Beside("a.svs", () => WholeFile.Write(At("a.geojson"), "ours")));
        Assert.StartsWith(
            $"{At("a.geojson")} is there already, in the folder of the files that were given",
            error.Message
        );
        Assert.Equal("the user's", File.ReadAllText(At("a.geojson")));
        // A call that is killed while it writes, then another one, that writes it twice.
        Assert.Throws<InvalidOperationException>(() =>
            Beside("a.svs", () => WholeFile.WriteAt(At("out/b.csv"), _ => throw new InvalidOperationException()))
        );
        File.WriteAllText(At("out/b.csv"), "what it left");
        foreach (var text in (string[])["1", "2"])
            Beside("a.svs", () => WholeFile.Write(At("out/b.csv"), text));
        Assert.Equal("2", File.ReadAllText(At("out/b.csv")));
        // A folder without what was given is nobody's.
        File.WriteAllText(At("out/c.csv"), "of an earlier version");
        Beside("a.svs", () => WholeFile.Write(At("out/c.csv"), "anew"), "out");

        void Beside(string given, Action act, string output = ".")
        {
            using var call = UserFiles.Begin();
            UserFiles.GuardBeside(At(output), [At(given)]);
            act();
        }
    }

    [Fact]
    public void Temporary_files_of_dead_processes_are_removed_and_of_living_and_of_others_are_not()
    {
        using var gone = Process.Start("true");
        gone.WaitForExit();
        string Named(string machine, int process) => At($".coverslip-{machine}-{process}-{Guid.NewGuid():N}.tmp");
        var machine = string.Concat(Environment.MachineName.Where(char.IsAsciiLetterOrDigit));
        var dead = Named(machine, gone.Id);
        string[] kept = [Named(machine, Environment.ProcessId), Named("elsewhere", gone.Id), At(".mine.tmp")];
        foreach (var file in kept.Append(dead))
            File.WriteAllText(file, "half");
        WholeFile.Write(At("a.csv"), "whole");
        Assert.False(File.Exists(dead));
        Assert.All(kept, file => Assert.True(File.Exists(file), file));
    }

    [Fact]
    public void Errors_of_writing_name_the_users_path_and_say_what_to_do()
    {
        File.WriteAllText(At("file"), "in the way");
        Assert.Equal(
            $"{At("file/run/a.csv")} cannot be written: {At("file")} is a file and no folder; choose another --out",
            Error(() => WholeFile.Write(At("file/run/a.csv"), "text"))
        );
        Assert.Contains($"{At("file")} is a file and no folder", Error(() => WholeFile.MakeFolder(At("file/run"))));
        var name = new string('n', 300);
        var told = Error(() => WholeFile.Write(At(name), "text"));
        Assert.Contains("names have 255 bytes at most, so give a shorter one", told);
        Assert.InRange(told.Length, 100, 700);
        Assert.StartsWith(
            $"{At("a.csv")} cannot be written: ",
            Error(() => WholeFile.WriteAt(At("a.csv"), Fail("Native.cpp could not write {0}")))
        );
        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));

        static Action<string> Fail(string message) =>
            temporary => throw new InvalidOperationException(string.Format(null, message, temporary));
    }

    [Fact]
    public void A_full_disk_is_called_so()
    {
        File.CreateSymbolicLink(At("full.csv"), "/dev/full");
        Assert.Equal(
            $"{At("full.csv")} cannot be written: the disk is full; free some space, or choose another --out",
            Error(() => WholeFile.Write(At("full.csv"), new string('a', 100_000)))
        );
    }

    [Fact]
    public void An_error_of_another_file_stays_as_it_is()
    {
        var told = Assert.Throws<FileNotFoundException>(() =>
            WholeFile.WriteAt(At("a.csv"), _ => File.ReadAllText(At("none.csv")))
        );
        Assert.Contains("none.csv", told.Message);
    }

    [Fact]
    public void What_stands_there_is_kept_where_it_is_the_same_and_else_refused()
    {
        WholeFile.NeedNew(At("a.xml"));
        WholeFile.WriteSame(At("a.xml"), [1, 2]);
        WholeFile.WriteSame(At("a.xml"), [1, 2]);
        Assert.Contains("with another content", Error(() => WholeFile.WriteSame(At("a.xml"), [1, 3])));
        Assert.Contains($"{At("a.xml")} is there already", Error(() => WholeFile.NeedNew(At("a.xml"))));
        WholeFile.NeedNew("/dev/null");
    }

    [Fact]
    public void Text_is_not_read_from_what_never_ends()
    {
        Assert.Contains(
            "/dev/zero is a device or a pipe",
            Assert.Throws<InvalidDataException>(() => TextFile.Read("/dev/zero")).Message
        );
        Assert.Contains(
            "/dev/zero is a device or a pipe",
            Assert.Throws<InvalidDataException>(() => CsvTable.Read("/dev/zero")).Message
        );
        Assert.Contains(
            "/dev/zero is a device or a pipe, which may never end; save what it gives as a file, and name that",
            Assert.Throws<InvalidDataException>(() => NpzReader.Open("/dev/zero")).Message
        );
        Assert.Contains("is a folder", Assert.Throws<InvalidDataException>(() => TextFile.Read(folder)).Message);
    }

    [Theory]
    [InlineData("tumor", "tumor-detection")]
    [InlineData("sagnet", "saganet")]
    public void The_nearest_name_is_one_that_begins_so_or_the_least_change(string wanted, string nearest) =>
        Assert.Equal(nearest, NearestName.Of(wanted, ["saganet", "study", "tumor-detection"]));

    [Theory]
    [InlineData("sagnet", "the nearest is 'saganet' of saganet, study")]
    [InlineData("stu", "the nearest is 'study' of saganet, study")]
    [InlineData("tokens", "there are saganet, study")]
    public void A_name_that_is_like_none_has_no_nearest(string wanted, string told) =>
        Assert.Equal(told, NearestName.Among(wanted, ["saganet", "study"]));

    private static string Error(Action write) => Assert.ThrowsAny<IOException>(write).Message;

    private string At(string name) => Path.Combine(folder, name);
}
