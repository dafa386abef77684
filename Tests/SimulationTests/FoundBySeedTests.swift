// What failing seeds have shown, each as the few calls that it takes.

import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct FoundBySeedTests {
  /// A node with a write in flight, and the wire that it came on.
  private func nodeWithWriteInFlight() throws -> (Node, Connection, SimulatedWire) {
    let store = try LedgerStore.open(SimulatedStorage())
    store.commitStepwise()
    var settings = ServerSettings()
    settings.grants = [RoleGrant(role: .admin, subject: .user(PeerCredentials.simulated(1).user))]
    let node = Node(store: store, settings: settings, log: .silent)
    let wire = SimulatedWire(capacityBytes: 1000, Trace())
    let connection = node.admit(.simulated(1), groups: [], on: wire)
    wire.deliver(Array("TOKEN.CREATE CHARACTER 1 NAME A OWNER o\r\n".utf8))
    node.serve(connection, try #require(wire.event))
    #expect(node.finishTurn() == nil && store.isCommitting)
    return (node, connection, wire)
  }

  @Test func `a client that leaves while the last sync runs does not keep the node awake`() throws {
    let (node, connection, wire) = try nodeWithWriteInFlight()
    node.stop()
    #expect(node.finishTurn() == nil)
    wire.leave()
    node.serve(connection, try #require(wire.event))
    #expect(wire.isClosedByNode && wire.event == nil)
    node.store.writeSubmitted()
    // The first turn takes in what the disk did, and nobody is left to wait for.
    #expect(node.finishTurn() == .requested)
  }

  @Test func `a client that leaves with a reply held does not keep the node awake`() throws {
    let (node, connection, wire) = try nodeWithWriteInFlight()
    wire.leave()
    var serves = 0
    while let event = wire.event, serves < 5 {
      node.serve(connection, event)
      serves += 1
    }
    #expect(wire.isClosedByNode && serves == 2)
    node.store.writeSubmitted()
    #expect(node.finishTurn() == nil)
    #expect(node.store.state.tokenCount == 1)
  }
}
