using System.Buffers.Binary;
using System.Text;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Torch.Tests.Checkpoints;

[NoTensorLeaks]
public sealed class SafeTensorsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-safetensors").FullName;

    private string File => Path.Combine(folder, "x.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_type_shape_and_layout_comes_back()
    {
        using var scope = new TensorScope();
        var tensors = Enum.GetValues<DType>()
            .Select(type => ($"of {type}", Tensor.Arange(0, 5, type: DType.Float32).To(type).Here()))
            .ToList();
        tensors.Add(("scalar", Tensor.Full([], 3)));
        tensors.Add(("empty", Tensor.Zeros([2, 0, 3])));
        tensors.Add(("turned", Tensor.Arange(0, 6).Reshape(2, 3).Transpose(0, 1)));
        tensors.Add(("pixels", Tensor.Rand([2, 3, 4, 5]).Contiguous(MemoryFormat.ChannelsLast)));
        tensors.Add(("名 \"quoted\" \\", Tensor.Ones([1])));
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ä\n" };
        SafeTensors.Write(File, tensors, metadata);
        Assert.Equal(metadata, SafeTensors.ReadMetadata(File));
        var read = SafeTensors.Read(File, TestDevice.Current);
        Assert.Equal(tensors.Select(t => t.Item1).Order(), read.Keys.Order());
        foreach (var (name, value) in tensors)
        {
            Assert.Equal((value.DType, TestDevice.Current), (read[name].DType, read[name].Device));
            Golden.Near(value, read[name], name, 0);
        }
    }

    [Fact]
    public void Data_begins_aligned_and_wide_elements_come_first()
    {
        using var scope = new TensorScope();
        SafeTensors.Write(File, [("a", Tensor.Ones([3], DType.UInt8)), ("b", Tensor.Ones([1], DType.Int64))]);
        var bytes = System.IO.File.ReadAllBytes(File);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        var header = Encoding.UTF8.GetString(bytes, 8, (int)length);
        Assert.StartsWith(
            """{"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""",
            header
        );
        Assert.Equal(8 + length + 11, bytes.Length);
        Assert.Empty(SafeTensors.ReadMetadata(File));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var scope = new TensorScope();
        SafeTensors.Write(File, [("a", Tensor.Ones([1]))]);
        var gone = Tensor.Ones([1]);
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SafeTensors.Write(File, [("a", gone)]));
        Assert.Contains(
            "'a' stands twice",
            Assert
                .Throws<ArgumentException>(() =>
                    SafeTensors.Write(File, [("a", Tensor.Ones([1])), ("a", Tensor.Ones([1]))])
                )
                .Message
        );
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(File, [("__metadata__", Tensor.Ones([1]))]));
        Assert.ThrowsAny<IOException>(() => SafeTensors.Write(Path.Combine(File, "x"), []));
        Assert.Equal([File], Directory.GetFileSystemEntries(folder));
        Assert.Equal(1, SafeTensors.Read(File)["a"].Item());
    }

    /// <summary>Header, bytes of data, and what the error says.</summary>
    public static TheoryData<string, int, string> Refused =>
        new()
        {
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'a' lies at bytes [0,8] of 4" },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "take 8 bytes, the file has 12" },
            { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes, its offsets span 8" },
            { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "holds -2" },
            { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "holds 2.5" },
            {
                """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""",
                8,
                "holds 99999999999999999999"
            },
            {
                """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""",
                0,
                "exceeds every memory"
            },
            {
                """{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""",
                0,
                "exceeds every memory"
            },
            { """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "9 dimensions" },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "lies at bytes [8,0]" },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "holds -8" },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "lies at bytes [0]" },
            { """{"a":{"dtype":"Q7","shape":[2],"data_offsets":[0,8]}}""", 8, "is of type Q7; known are F64, F32" },
            { """{"a":{"dtype":6,"shape":[2],"data_offsets":[0,8]}}""", 8, "is of type 6" },
            { """{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks dtype, shape or data_offsets" },
            { """{"a":5}""", 8, "lacks dtype, shape or data_offsets" },
            {
                """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""",
                6,
                "'b' begins at byte 2, inside"
            },
            {
                """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""",
                8,
                "leaving a gap"
            },
            {
                """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""",
                8,
                "'a'"
            },
            { """{"__metadata__":{"k":1}}""", 0, "'k' is a JSON Number" },
            { """{"__metadata__":[]}""", 0, "__metadata__ is a JSON Array" },
            { """[]""", 0, "is a JSON Array" },
            { """{"a":""", 0, "no sound JSON" },
            { "", 0, "no sound JSON" },
            { """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "is no UTF-8" },
        };

    [Theory, MemberData(nameof(Refused))]
    public void An_unsound_header_is_refused_before_memory_is_taken(string header, int data, string expected)
    {
        Write(Encoding.UTF8.GetBytes(header), (ulong)Encoding.UTF8.GetByteCount(header), data);
        var live = Tensor.Live;
        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Read(File));
        Assert.Contains(File, error.Message);
        Assert.Contains(expected, error.Message);
        Assert.Equal(live, Tensor.Live);
    }

    [Theory]
    [InlineData(0UL, "no sound JSON")]
    [InlineData(9UL, "claims 9 bytes, the file has 8 more")]
    [InlineData(100_000_001UL, "at most 100000000")]
    [InlineData(ulong.MaxValue, "claims 18446744073709551615 bytes")]
    public void A_header_of_a_wrong_length_is_refused(ulong length, string expected)
    {
        Write("{}      "u8.ToArray(), length, 0);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => SafeTensors.Read(File)).Message);
        System.IO.File.WriteAllBytes(File, [1, 2, 3]);
        Assert.Contains(
            "3 bytes are too few",
            Assert.Throws<InvalidDataException>(() => SafeTensors.Read(File)).Message
        );
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_never_worse()
    {
        using var scope = new TensorScope();
        SafeTensors.Write(
            File,
            [
                ("conv.weight", Tensor.Ones([2, 3])),
                ("n", Tensor.Ones([3], DType.Int64)),
                ("m", Tensor.Ones([5], DType.Bool)),
            ],
            new Dictionary<string, string> { ["epoch"] = "7" }
        );
        var sound = System.IO.File.ReadAllBytes(File);
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(sound);
        var random = new Random(20240607);
        int read = 0,
            refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            System.IO.File.WriteAllBytes(File, Mutate(sound, header, random));
            using var inner = new TensorScope();
            try
            {
                SafeTensors.Read(File);
                read++;
            }
            catch (InvalidDataException error)
            {
                Assert.StartsWith(File, error.Message);
                refused++;
            }
        }
        Assert.True(read > 20 && refused > 2000, $"{read} read, {refused} refused");
    }

    private static byte[] Mutate(byte[] sound, int header, Random random)
    {
        var bytes = sound.ToList();
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            var at = random.Next(random.Next(4) == 0 ? 8 : 8 + header);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789-.eE\"{}[],:\\"[random.Next(22)];
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(1, 5));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(1, 20)));
                    break;
                default:
                    bytes.RemoveRange(random.Next(bytes.Count - 40, bytes.Count), 1);
                    break;
            }
        }
        return [.. bytes];
    }

    private void Write(byte[] header, ulong length, int data)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        header.CopyTo(bytes, 8);
        System.IO.File.WriteAllBytes(File, bytes);
    }
}
