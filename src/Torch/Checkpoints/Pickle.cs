using Coverslip.Torch.Native;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// Checkpoints that PyTorch wrote with <c>torch.save</c> since version 1.6: a dictionary of tensors, or one under
/// <c>state_dict</c> or <c>model</c>. libtorch's own unpickler reads them; it runs no code of the file.
/// </summary>
public static unsafe class Pickle
{
    /// <summary>
    /// Reads all tensors of the dictionary onto a device; entries that are no tensors are left out. Ownership is as for
    /// <see cref="SafeTensors.Read"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no such checkpoint; the message names it and says why.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"no file {path}", path);
        using var named = new NamedTensors();
        if (NativeMethods.ct_read_pickle(path, device.ToString(), &NamedTensors.Found, named.Context) != 0)
            throw new InvalidDataException($"{path}: no checkpoint of torch.save: {NativeMethods.LastError()}");
        return named.Take();
    }
}
