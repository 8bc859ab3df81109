using System.Net;
using System.Net.Sockets;
using Coverslip.Torch.Distributed;

namespace Coverslip.App.Processes;

/// <summary>
/// The address by which the others reach a rank: its own on the network that leads to them. What a machine calls itself often
/// means 127.0.0.1 to itself and to nobody else.
/// </summary>
internal static class RankAddress
{
    /// <summary>This rank's; all of them have to ask, and wait for each other.</summary>
    /// <param name="store">Where they meet.</param>
    /// <param name="place">Which this one is.</param>
    internal static string Of(GroupStore store, RankPlace place)
    {
        var own = place.Rank == 0 ? IPAddress.Loopback : Toward(place.Host, place.Port) ?? IPAddress.Loopback;
        store.Set(Key(place.Rank), own.ToString());
        IPAddress[] all = [.. Enumerable.Range(0, place.Size).Select(rank => IPAddress.Parse(store.Get(Key(rank))))];
        // Rank 0, and who is on its machine, may have found no network; there is one as soon as somebody came by one.
        if (IPAddress.IsLoopback(own) && all.FirstOrDefault(address => !IPAddress.IsLoopback(address)) is { } other)
            own = Toward(other.ToString(), place.Port) ?? own;
        return own.ToString();
    }

    /// <summary>This machine's address on the way to another; null where none leads there. Nothing is sent.</summary>
    private static IPAddress? Toward(string host, int port)
    {
        foreach (var address in Addresses(host))
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(address, port);
                return ((IPEndPoint)socket.LocalEndPoint!).Address;
            }
            catch (SocketException)
            {
                // the next one
            }
        return null;
    }

    private static IEnumerable<IPAddress> Addresses(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static string Key(int rank) => $"coverslip/at/{rank}";
}
