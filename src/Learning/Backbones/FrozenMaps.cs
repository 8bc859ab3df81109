using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coverslip.Torch;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// What the frozen stages of a network make of images, computed once for each image that is different from all before, and kept
/// in half precision in a temporary file, which is gone with the process. An image that was changed at random is another one.
/// </summary>
/// <param name="below">The frozen stages: images [B, 3, H, W] → maps [B, C, h, w], of each image whatever is beside it.</param>
/// <param name="mostBytes">Of the file. What does not fit is computed each time.</param>
public sealed class FrozenMaps(Func<Tensor, Tensor> below, long mostBytes) : IDisposable
{
    private readonly Dictionary<string, long> places = new(StringComparer.Ordinal);
    private readonly Lazy<FileStream> file = new(Temporary);
    private long[] shape = [];
    private long end;

    /// <summary>The maps of scaled images, in half precision whether they were kept or not, without gradients.</summary>
    /// <param name="images">[B, 3, H, W], of the same size as all before.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public Tensor Of(Tensor images)
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        var count = (int)images.Size(0);
        var keys = Keys(images, count);
        int[] missing = [.. Enumerable.Range(0, count).Where(i => !places.ContainsKey(keys[i]))];
        if (missing.Length == count)
        {
            var all = below(images).To(DType.Float16);
            Keep(all, keys, missing);
            return scope.Keep(all.To(images.DType).Contiguous(MemoryFormat.ChannelsLast));
        }
        Tensor? fresh = null;
        if (missing.Length > 0)
        {
            var index = Tensor.From<long>([.. missing.Select(i => (long)i)]).To(images.Device);
            fresh = below(images.IndexSelect(0, index)).To(DType.Float16);
            Keep(fresh, keys, missing);
        }
        var rows = new Tensor[count];
        foreach (var (place, i) in missing.Index())
            rows[i] = fresh!.Narrow(0, place, 1);
        foreach (var i in Enumerable.Range(0, count).Except(missing))
            rows[i] = Read(places[keys[i]]).To(images.Device);
        return scope.Keep(Tensor.Cat(rows, 0).To(images.DType).Contiguous(MemoryFormat.ChannelsLast));
    }

    public void Dispose()
    {
        if (file.IsValueCreated)
            file.Value.Dispose();
    }

    private void Keep(Tensor maps, string[] keys, int[] which)
    {
        shape = [1, .. maps.Shape[1..]];
        var each = maps.Count / which.Length;
        if (end + each * sizeof(short) > mostBytes)
            return;
        var values = maps.To(Device.Cpu, DType.Float16).Contiguous().ToArray<Half>();
        foreach (var (place, i) in which.Index())
        {
            if (places.ContainsKey(keys[i]) || end + each * sizeof(short) > mostBytes)
                continue;
            var bytes = MemoryMarshal.AsBytes(values.AsSpan((int)(place * each), (int)each));
            RandomAccess.Write(file.Value.SafeFileHandle, bytes, end);
            places[keys[i]] = end;
            end += bytes.Length;
        }
    }

    private Tensor Read(long from)
    {
        var values = new Half[shape.Aggregate(1L, (product, side) => product * side)];
        RandomAccess.Read(file.Value.SafeFileHandle, MemoryMarshal.AsBytes(values.AsSpan()), from);
        return Tensor.From(values, shape);
    }

    private static string[] Keys(Tensor images, int count)
    {
        var values = images.To(Device.Cpu, DType.Float32).Contiguous().ToArray<float>();
        var each = values.Length / count;
        var keys = new string[count];
        Parallel.For(
            0,
            count,
            i => keys[i] = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan(i * each, each))))
        );
        return keys;
    }

    /// <summary>A file without a name: however the process ends, nothing of it stays.</summary>
    private static FileStream Temporary()
    {
        var path = Path.GetTempFileName();
        var opened = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        File.Delete(path);
        return opened;
    }
}
