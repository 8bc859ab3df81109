using System.IO.Compression;
using System.Text;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Torch.Tests.Checkpoints;

/// <summary>Checkpoints that PyTorch would not write, made byte by byte after Python's pickletools.</summary>
[NoTensorLeaks]
public sealed class CraftedCheckpointTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(100_000, 100_000, 0, 0, "of shape [100000, 100000] and strides [0, 0] asks for 10000000000 elements")]
    [InlineData(long.MaxValue, long.MaxValue, 0, 0, "strides [0, 0] asks for 9223372036854775807 elements")]
    [InlineData(5, 1, 0, 1, "of shape [5, 1] and strides [0, 1] asks for 5 elements of a storage of 4; save it with")]
    [InlineData(3, 2, 2, 1, "reaches element 5 of a storage of 4")]
    [InlineData(2, 2, long.MaxValue, long.MaxValue, "reaches element 9223372036854775807")]
    public void A_view_asks_for_no_more_than_its_storage_has(long rows, long columns, long down, long along, string why)
    {
        Write(View("w", rows, columns, down, along));
        var error = Assert.Throws<InvalidDataException>(() => WeightsFile.Read(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains("tensor 'w'", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Theory]
    [InlineData(2, 2, 1, 1)] // a window that overlaps itself
    [InlineData(1, 4, 0, 1)]
    [InlineData(0, 100_000, 0, 0)]
    public void A_view_within_its_storage_is_read(long rows, long columns, long down, long along)
    {
        Write(View("w", rows, columns, down, along));
        using var scope = new TensorScope();
        Assert.Equal([rows, columns], WeightsFile.Read(path)["w"].Shape);
    }

    [Fact]
    public void Many_views_of_one_storage_are_refused()
    {
        Write([.. Enumerable.Range(0, 16).SelectMany(i => View($"w{i}", 2, 2, 2, 1))]);
        using (new TensorScope())
            Assert.Equal(16, WeightsFile.Read(path).Count);
        Write([.. Enumerable.Range(0, 17).SelectMany(i => View($"w{i}", 2, 2, 2, 1))]);
        Assert.Contains(
            "take 68 elements of storage 0, which has 4; at most 16 times as many are read",
            Assert.Throws<InvalidDataException>(() => WeightsFile.Read(path)).Message
        );
    }

    [Theory]
    [InlineData("data/0", "entry a/data/0 of 16 bytes is damaged or cut off; fetch the file again")]
    [InlineData("", "are no whole archive, the list of entries at its end is missing or damaged")]
    public void A_damaged_archive_is_told_by_entry(string entry, string why)
    {
        Write(View("w", 2, 2, 2, 1));
        var bytes = File.ReadAllBytes(path);
        if (entry.Length == 0)
            bytes = bytes[..^10];
        else
            bytes[bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"a/{entry}")) - 30] ^= 1; // its own head
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => WeightsFile.Read(path)).Message;
        Assert.StartsWith(path, error);
        Assert.Contains(why, error);
    }

    private void Write(byte[] items)
    {
        using var file = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        Add("a/data.pkl", [0x80, 2, (byte)'}', (byte)'(', .. items, (byte)'u', (byte)'.']);
        Add("a/data/0", new byte[16]);

        void Add(string name, byte[] content)
        {
            using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }
    }

    /// <summary>A key and its matrix, which looks into the one storage of four float32.</summary>
    private static byte[] View(string name, params ReadOnlySpan<long> numbers) =>
        [
            .. Text(name),
            .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8,
            .. Text("storage"),
            .. "ctorch\nFloatStorage\n"u8,
            .. Text("0"),
            .. Text("cpu"),
            .. Number(4),
            .. "tQ"u8,
            .. Number(0),
            (byte)'(',
            .. Number(numbers[0]),
            .. Number(numbers[1]),
            .. "t("u8,
            .. Number(numbers[2]),
            .. Number(numbers[3]),
            .. "ttR"u8,
        ];

    private static byte[] Text(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(long number) => [0x8a, 8, .. BitConverter.GetBytes(number)];
}
